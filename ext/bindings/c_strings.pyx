"""C strings: bytes of Python as an argv or an environment."""
cimport cstd


cdef char **c_strings(list words) except NULL:
    """Return bytes as an array that ends with NULL; the list must live as long as the array is used."""
    cdef char **array = <char **>cstd.malloc((len(words) + 1) * sizeof(char *))
    if array == NULL:
        raise MemoryError
    for index, word in enumerate(words):
        array[index] = word
    array[len(words)] = NULL
    return array
