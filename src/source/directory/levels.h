#ifndef SOURCE_DIRECTORY_LEVELS_H
#define SOURCE_DIRECTORY_LEVELS_H

/* The one level of folders and files. */
#define LEVEL_DIRECTORY "directory"

#endif
