using System.CommandLine;

namespace Llumnix.Cli.Serve;

/// <summary>Options that are durations, with a unit or in seconds.</summary>
internal static class DurationOption
{
    /// <summary>The shortest time that timers take.</summary>
    internal static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name, with dashes.</param>
    /// <param name="description">One sentence; how to write durations is added.</param>
    /// <param name="value">The default.</param>
    /// <param name="minimum">The shortest duration; the longest is 7 days.</param>
    internal static Option<string> Create(string name, string description, string value, TimeSpan minimum)
    {
        var option = new Option<string>(name) { Description = $"{description} Like 5s or 500ms; a bare number is seconds.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!DurationText.TryRead(result.Tokens[0].Value, out TimeSpan duration) || duration < minimum))
            {
                result.AddError($"{name} must be a duration from {(minimum == TimeSpan.Zero ? "0" : "1ms")} to 7 days, like 5s");
            }
        });
        return option;
    }

    /// <summary>The value of an option.</summary>
    internal static TimeSpan Read(ParseResult parsed, Option<string> option) => DurationText.TryRead(parsed.GetValue(option)!, out TimeSpan duration) ? duration : default;
}
