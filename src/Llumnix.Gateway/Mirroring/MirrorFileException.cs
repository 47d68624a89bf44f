namespace Llumnix.Gateway.Mirroring;

/// <summary>The file of the mirror cannot be used. The message holds nothing of its content.</summary>
/// <param name="problem">What is wrong.</param>
public sealed class MirrorFileException(string problem) : Exception($"--mirror-config-file: {problem}")
{
    /// <summary>What is wrong, without the flag's name.</summary>
    public string Problem => problem;
}
