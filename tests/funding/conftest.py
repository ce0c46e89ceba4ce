import pytest


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    """Private keys of tests lie in a folder of their own."""
    settings.VAR = tmp_path
    return tmp_path / "keys"
