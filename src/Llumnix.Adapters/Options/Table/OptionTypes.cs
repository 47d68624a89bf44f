using System.Globalization;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Texts, booleans, numbers, secrets and closed choices.</summary>
public static class OptionTypes
{
    /// <summary>The kind of all flags that name a file.</summary>
    public const string FilePathKind = "path";

    private static readonly string[] TrueWords = ["1", "t", "T", "true", "TRUE", "True"];
    private static readonly string[] FalseWords = ["0", "f", "F", "false", "FALSE", "False"];

    /// <summary>Any text.</summary>
    public static OptionType<string> Text { get; } = new("text", "text", ReadText, text => text);

    /// <summary>A text that is not blank.</summary>
    public static OptionType<string> Name { get; } =
        Text with { Expected = "a text that is not empty", IsInRange = text => !string.IsNullOrWhiteSpace(text) };

    /// <summary>Where a file is; empty for none. Relative to the working directory.</summary>
    public static OptionType<string> FilePath { get; } = Text with { Kind = FilePathKind };

    /// <summary>A host name or an IP address without a port; an IPv6 address with or without brackets.</summary>
    public static OptionType<string> Host { get; } = Text with
    {
        Expected = "a host name or an IP address, without scheme and port",
        IsInRange = HostName.IsHost,
    };

    /// <summary>A host as <see cref="Host"/> that is called by a URL.</summary>
    public static OptionType<string> HostOfUrl { get; } = Host with { IsInRange = HostName.IsHostOfUrl };

    /// <summary>Where to listen: an IP address or <c>localhost</c>. Other names are not resolved, and must not stand for all addresses of the machine.</summary>
    public static OptionType<string> ListenHost { get; } = Text with { Expected = "an IP address or localhost, without port", IsInRange = HostName.IsListenHost };

    /// <summary>A text that is never printed.</summary>
    public static OptionType<Secret> Secret { get; } = new("secret", "text", ReadSecret, secret => secret.Reveal());

    /// <summary>A secret that fits in a header, or none.</summary>
    public static OptionType<Secret> Token { get; } = Secret with
    {
        Expected = "one word of printable ASCII characters, without blanks",
        IsInRange = static token => !token.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~'),
    };

    /// <summary>The words that Go programs accept as a boolean.</summary>
    public static OptionType<bool> Boolean { get; } = new("boolean", "true or false", ReadBoolean, value => value ? "true" : "false");

    /// <summary>A TCP port of another server.</summary>
    public static OptionType<int> Port { get; } = Integer(1, 65535);

    /// <summary>A whole number within inclusive bounds.</summary>
    public static OptionType<int> Integer(int minimum, int maximum = int.MaxValue) => new(
        "integer",
        maximum == int.MaxValue
            ? Invariant($"a whole number, {minimum} or above")
            : Invariant($"a whole number from {minimum} to {maximum}"),
        (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        value => value.ToString(CultureInfo.InvariantCulture))
    {
        IsInRange = value => value >= minimum && value <= maximum,
        Explain = text => maximum == int.MaxValue && text.Length > 0 && text.All(char.IsAsciiDigit) && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? Invariant($"the largest is {int.MaxValue}")
            : null,
    };

    /// <summary>A finite number, at least <paramref name="minimum"/>.</summary>
    public static OptionType<double> Number(double minimum) =>
        FiniteNumber(Invariant($"a number, {minimum} or above"), value => value >= minimum);

    /// <summary>A finite number above <paramref name="bound"/>.</summary>
    public static OptionType<double> NumberAbove(double bound) =>
        FiniteNumber(Invariant($"a number above {bound}"), value => value > bound);

    /// <summary>One of a closed set of names, in upper or lower case.</summary>
    public static OptionType<T> Choice<T>(params (string Name, T Value)[] choices)
        where T : struct, Enum
    {
        string names = string.Join(", ", choices.Select(choice => choice.Name));
        return new OptionType<T>(string.Join('|', choices.Select(choice => choice.Name)), $"one of {names}", Read, Write)
        {
            IsInRange = value => Array.Exists(choices, choice => choice.Value.Equals(value)),
            Explain = text => NearestName.FindClose(text, [.. choices.Select(choice => choice.Name)]) is { } close ? $"did you mean {close}?" : null,
        };

        bool Read(string text, out T value)
        {
            int index = Array.FindIndex(choices, choice => choice.Name.Equals(text, StringComparison.OrdinalIgnoreCase));
            value = index < 0 ? default : choices[index].Value;
            return index >= 0;
        }

        string Write(T value) => Array.Find(choices, choice => choice.Value.Equals(value)).Name;
    }

    /// <summary>Whether a word is a boolean value, which then belongs to the bare flag before it.</summary>
    public static bool IsBooleanWord(string word) => TrueWords.Contains(word) || FalseWords.Contains(word);

    private static OptionType<double> FiniteNumber(string expected, Func<double, bool> isInRange) => new(
        "number",
        expected,
        (string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value),
        WriteNumber)
    {
        IsInRange = value => double.IsFinite(value) && isInRange(value),
    };

    private static string WriteNumber(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static bool ReadText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool ReadSecret(string text, out Secret value)
    {
        value = new Secret(text);
        return true;
    }

    private static bool ReadBoolean(string text, out bool value)
    {
        value = TrueWords.Contains(text);
        return value || FalseWords.Contains(text);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
