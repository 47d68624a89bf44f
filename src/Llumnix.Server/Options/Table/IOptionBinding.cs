namespace Llumnix.Server.Options.Table;

/// <summary>Connects an option with its place in <see cref="SchedulerOptions"/>: reading, writing and checking its value.</summary>
internal interface IOptionBinding
{
    /// <summary>The requirement on a value, as it follows "must be" in messages.</summary>
    string Expected { get; }

    /// <summary>The option's value as a text that parses back to the same value. Secrets are not hidden: not for display.</summary>
    string Write(SchedulerOptions options);

    /// <summary>Sets the option from a text; null when the text cannot be parsed or the value is out of range.</summary>
    SchedulerOptions? Apply(string text, SchedulerOptions options);

    /// <summary>Whether the option's value is in its range.</summary>
    bool IsInRange(SchedulerOptions options);
}
