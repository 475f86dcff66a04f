"""The store of a study on disk: records, segments, checksums and who is at work."""
