"""What the operator sees of a running Trombine: health, metrics and logs."""
