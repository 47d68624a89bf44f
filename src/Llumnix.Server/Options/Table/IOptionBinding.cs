namespace Llumnix.Server.Options.Table;

/// <summary>Where an option lives in <see cref="SchedulerOptions"/> and how its values are read.</summary>
internal interface IOptionBinding
{
    /// <summary>What a value must be, as it reads after "must be".</summary>
    string Expected { get; }

    /// <summary>The option's value as a text that reads back as the same value. Secrets show: not for people's eyes.</summary>
    string Write(SchedulerOptions options);

    /// <summary>Sets the option from a text; null when the text cannot be read or the value is not allowed.</summary>
    SchedulerOptions? Apply(string text, SchedulerOptions options);

    /// <summary>Whether the option's value is allowed.</summary>
    bool IsInRange(SchedulerOptions options);
}
