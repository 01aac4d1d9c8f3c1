//! brolga-heap
