"""Fields in space: pictures of the ring and files for ParaView."""
