"""Tests of the stand-in, by the real azure-cli."""
