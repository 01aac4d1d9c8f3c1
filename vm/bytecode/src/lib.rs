//! brolga-bytecode
