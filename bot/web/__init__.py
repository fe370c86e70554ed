"""The small web pages of ours."""
