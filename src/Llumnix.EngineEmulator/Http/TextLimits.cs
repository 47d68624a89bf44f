using System.Text;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Limits on the texts that are kept with a request and repeated in statuses and answers.</summary>
internal static class TextLimits
{
    /// <summary>Largest length of ids and of the model's name, in UTF-8 bytes.</summary>
    public const int MaxBytes = 512;

    /// <summary>Bytes that an engine adds to a request's id: <c>chatcmpl-</c>, or <c>cmpl-</c> and a number.</summary>
    private const int EngineIdBytes = 16;

    public static bool IsWithin(string text) => IsWithin(text, MaxBytes);

    /// <summary>Whether a text is within the limit for ids inside an engine.</summary>
    public static bool IsEngineId(string text) => text.Length > 0 && IsWithin(text, MaxBytes + EngineIdBytes);

    private static bool IsWithin(string text, int bytes) => text.Length <= bytes && Encoding.UTF8.GetByteCount(text) <= bytes;
}
