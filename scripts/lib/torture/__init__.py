"""The torture programme: attacks on what people, vendors and disks may do, each with the law that must hold all the same."""
