// Nothing: headers.hpp is compiled with it.
