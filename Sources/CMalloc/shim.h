/* mallopt(3) of glibc; its own header cannot be a module beside those of Foundation. */
int mallopt(int parameter, int value);

enum { M_ARENA_MAX = -8 };
