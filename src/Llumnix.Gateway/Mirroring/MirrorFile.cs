using System.Text.Json;

namespace Llumnix.Gateway.Mirroring;

/// <summary>
/// Reads the file of the mirror: a JSON object with Enable, Target, Ratio, Timeout, Authorization and EnableLog, in upper or lower case. Problems name the
/// member and never hold a value.
/// </summary>
internal static class MirrorFile
{
    /// <summary>Longest file in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxTimeoutMs = 3_600_000;

    /// <summary>What is used when the file says 0.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Reads it.</summary>
    /// <param name="content">The file's content.</param>
    /// <returns>Null when the mirror is off.</returns>
    /// <exception cref="MirrorFileException">It cannot be used.</exception>
    public static MirrorTarget? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new MirrorFileException(
                FormattableString.Invariant($"the file is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"));
        }
    }

    private static MirrorTarget? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new MirrorFileException("the file must hold a JSON object");
        }

        bool isOn = false;
        string target = "", authorization = "";
        double ratio = 0;
        int timeout = 0;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            JsonElement value = member.Value;
            bool isText = value.ValueKind == JsonValueKind.String;
            bool isNumber = value.ValueKind == JsonValueKind.Number;
            bool isSwitch = value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            switch (member.Name.ToUpperInvariant())
            {
                case "ENABLE" when isSwitch: isOn = value.GetBoolean(); break;
                case "TARGET" when isText: target = value.GetString()!; break;
                case "RATIO" when isNumber && value.TryGetDouble(out ratio) && ratio is >= 0 and <= 100: break;
                case "TIMEOUT" when isNumber && value.TryGetInt32(out timeout) && timeout is >= 0 and <= MaxTimeoutMs: break;
                case "AUTHORIZATION" when isText: authorization = value.GetString()!; break;
                case "ENABLELOG" when isSwitch: break;
                case "ENABLE" or "ENABLELOG": throw new MirrorFileException(member.Name + " must be true or false");
                case "TARGET" or "AUTHORIZATION": throw new MirrorFileException(member.Name + " must be a text");
                case "RATIO": throw new MirrorFileException("Ratio must be a number from 0 to 100");
                case "TIMEOUT": throw new MirrorFileException(FormattableString.Invariant($"Timeout must be a whole number of milliseconds from 0 to {MaxTimeoutMs}"));
                default: throw new MirrorFileException("the file has a member other than Enable, Target, Ratio, Timeout, Authorization and EnableLog");
            }
        }

        if (!isOn)
        {
            return null;
        }

        if (!Uri.TryCreate(target, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https")
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw new MirrorFileException("Target must be a URL with http or https and without user, query and fragment");
        }

        if (!authorization.All(static c => c is >= ' ' and < (char)127))
        {
            throw new MirrorFileException("Authorization must be of printable ASCII characters");
        }

        return new MirrorTarget
        {
            Url = url,
            Ratio = ratio,
            Timeout = timeout == 0 ? DefaultTimeout : TimeSpan.FromMilliseconds(timeout),
            Authorization = authorization,
        };
    }
}
