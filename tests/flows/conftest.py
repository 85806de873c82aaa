"""The line of the tests of deploy, for what it sends back."""

from tests.deploy.conftest import line, runner

__all__ = ["line", "runner"]
