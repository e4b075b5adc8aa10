#include "app/replay/replay_run.hpp"
