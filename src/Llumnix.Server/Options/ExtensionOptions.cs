namespace Llumnix.Server.Options;

/// <summary>Code from outside of the program.</summary>
public sealed record ExtensionOptions
{
    /// <summary>Paths of assemblies with metrics and policies, from the working directory; they run with all rights of the process. Empty: none.</summary>
    public IReadOnlyList<string> Assemblies { get; init; } = [];
}
