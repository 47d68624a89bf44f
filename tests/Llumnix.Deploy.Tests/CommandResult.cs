namespace Llumnix.Deploy.Tests;

/// <summary>What a program came to.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);
