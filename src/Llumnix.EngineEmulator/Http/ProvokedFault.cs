using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>What a client asks the emulator to do wrong, by headers that no real engine has. Without them nothing goes wrong.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="AfterTokens">Tokens of a stream before the fault; an answer without streaming fails as a whole.</param>
/// <param name="Delay">Wait before the request enters the engine's queue.</param>
internal readonly record struct ProvokedFault(FaultKind Kind, int AfterTokens, TimeSpan Delay)
{
    public const string KindHeader = "x-emulator-fault";
    public const string AfterHeader = "x-emulator-fault-after";
    public const string DelayHeader = "x-emulator-delay-ms";
    private const int MaxDelay = 600_000;

    /// <param name="headers">The request's headers.</param>
    /// <param name="error">The error, which names the header; empty when there is none.</param>
    public static ProvokedFault Read(IHeaderDictionary headers, out string error)
    {
        error = "";
        string text = headers[KindHeader].ToString();
        FaultKind? kind = text switch
        {
            "" => FaultKind.None,
            "error" => FaultKind.Error,
            "cut" => FaultKind.Cut,
            "hang" => FaultKind.Hang,
            _ => null,
        };
        if (kind is null)
        {
            error = KindHeader + " is not error, cut or hang";
        }

        int after = Number(headers, AfterHeader, 1, int.MaxValue, ref error);
        int delay = Number(headers, DelayHeader, 0, MaxDelay, ref error);
        return new ProvokedFault(kind ?? FaultKind.None, after, TimeSpan.FromMilliseconds(delay));
    }

    private static int Number(IHeaderDictionary headers, string name, int fallback, int max, ref string error)
    {
        string text = headers[name].ToString();
        if (text.Length == 0)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= max)
        {
            return number;
        }

        error = $"{name} is not an integer from 0 to {max}";
        return fallback;
    }
}
