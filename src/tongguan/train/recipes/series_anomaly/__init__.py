"""Recipe `series-anomaly`: stretches of a table in time that are unlike what came before. Learns without labels."""
