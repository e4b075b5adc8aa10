#include "app/state/state_archive.hpp"
