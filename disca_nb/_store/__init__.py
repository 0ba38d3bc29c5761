"""What the journal of a run is made of: its lines, and how two manifests differ."""
