"""What recipes of pictures share beside the network: parameters, regions of a map."""
