// fullon_orm, compiled.
#include <fullon_orm/src.hpp>
