"""Recipe `video-events`: rules about tracks in zones, and the events that they find in recordings."""
