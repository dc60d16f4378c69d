"""The main job in front of your eyes: up, resize, nothing to do, destroy, on an emulated account."""
