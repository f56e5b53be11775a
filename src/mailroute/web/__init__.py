"""The portal and the desk: reads the store, sends Commands and Deliveries through flow; no logic of its own."""
