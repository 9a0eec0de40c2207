"""The settings of kubexit: names, values and their grammar, as the native unit reads them.

The grammar exists twice, here and in the native unit. A property test holds the two together.
"""
