#include <libxml/xmlversion.h>
// The headers of ICU that libxml2 would draw in collide with those inside Foundation. What they describe lies behind
// pointers that nobody here follows.
#undef LIBXML_ICU_ENABLED
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
