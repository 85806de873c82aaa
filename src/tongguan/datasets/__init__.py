"""Frozen versions of labelled data: splits, manifests, differences, exports."""
