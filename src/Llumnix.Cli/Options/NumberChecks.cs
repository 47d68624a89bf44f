using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Llumnix.Cli.Options;

/// <summary>Checks of options that are numbers.</summary>
internal static class NumberChecks
{
    /// <summary>Adds a check. A text that is no number is told by the parser.</summary>
    /// <param name="option">The option.</param>
    /// <param name="isRight">Whether a number may be given.</param>
    /// <param name="expected">What may be given, with its unit, such as <c>above 0 seconds</c>.</param>
    internal static Option<T> Check<T>(this Option<T> option, Func<T, bool> isRight, string expected)
        where T : struct, INumber<T>
    {
        Add(option, isRight, expected);
        return option;
    }

    /// <summary>Adds a check to an option without a standard value.</summary>
    /// <param name="option">The option.</param>
    /// <param name="isRight">Whether a number may be given.</param>
    /// <param name="expected">What may be given, with its unit, such as <c>above 0 seconds</c>.</param>
    internal static Option<T?> Check<T>(this Option<T?> option, Func<T, bool> isRight, string expected)
        where T : struct, INumber<T>
    {
        Add(option, isRight, expected);
        return option;
    }

    private static void Add<T>(Option option, Func<T, bool> isRight, string expected)
        where T : struct, INumber<T> => option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out T value) && !isRight(value))
            {
                result.AddError($"{option.Name} must be {expected}, not {value}");
            }
        });
}
