import Glibc

// Reads the command line and opens the prompt, runs scripts, or checks transcripts.
exit(Program(output: Output()).run(Array(CommandLine.arguments.dropFirst())))
