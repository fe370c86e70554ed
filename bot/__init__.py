"""The running application and everything people touch."""
