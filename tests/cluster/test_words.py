"""Words without quotes in a manifest: the API server takes for a text exactly what `kubectl kubexit` takes for one."""

import kubernetes.client  # type: ignore[import-untyped]
import pytest

from cluster.access import Access
from harness.words import TEXTS, VALUES
from kubectl_kubexit.manifest.plain import read

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("authoring-words")]

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: words}}
spec:
  containers:
  - name: a
    image: a:1
    env:
    - name: WORD
      value: {word}
"""


@pytest.mark.parametrize("word", [word for word in [*VALUES, *TEXTS] if read(word)[0] is not None])
def test_the_server_reads_the_same(access: Access, word: str) -> None:
    """A variable with a word that is no text is refused; a text arrives as it is written."""
    try:
        stored: object = access.client.call_api(
            access.pods,
            "POST",
            query_params=[("dryRun", "All")],
            header_params={"Accept": "application/json", "Content-Type": "application/yaml"},
            body=POD.format(word=word).encode(),
            response_type="object",
            auth_settings=["BearerToken"],
            _return_http_data_only=True,
            _request_timeout=30,
        )
    except kubernetes.client.ApiException as error:
        stored = error.status
    value = read(word)[0]

    if isinstance(value, str):
        assert isinstance(stored, dict), stored
        assert stored["spec"]["containers"][0]["env"][0]["value"] == word
    else:
        assert stored in {400, 422}
