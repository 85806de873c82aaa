"""Recipe `tracking`: from boxes of the frames of a recording to tracks of things."""
