using System.CommandLine;

namespace Llumnix.Cli.Serve;

/// <summary>Options that are whole numbers within bounds.</summary>
internal static class NumberOption
{
    internal static Option<int> Create(string name, string description, int value, int minimum, int maximum)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens.Count == 0)
            {
                return;
            }

            if (!int.TryParse(result.Tokens[0].Value, out int number) || number < minimum || number > maximum)
            {
                result.AddError(FormattableString.Invariant($"{name} must be from {minimum} to {maximum}"));
            }
        });
        return option;
    }
}
