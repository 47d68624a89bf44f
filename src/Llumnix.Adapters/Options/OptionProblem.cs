namespace Llumnix.Adapters.Options;

/// <summary>One thing that is wrong, or doubtful, about the configuration. Never holds a secret.</summary>
/// <param name="Source">Where it was written.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record OptionProblem(OptionSource Source, string Message)
{
    /// <summary>Place and message on one line.</summary>
    public override string ToString() => $"{Source}: {Message}";
}
