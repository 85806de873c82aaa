"""What recipes share that follow things through the frames of a recording: detections, tracker, tracks."""
