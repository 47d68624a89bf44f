using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>A prefill engine's answer, which the gateway reads itself.</summary>
internal static class WholeAnswer
{
    /// <summary>One token and where the KV cache is take much less; ids of blocks are the longest part.</summary>
    internal const int MaxBytes = 8 << 20;

    private const int ReadBytes = 4096;

    /// <summary>Reads an answer to its end.</summary>
    /// <param name="answer">An answer of success.</param>
    /// <param name="active">What ends it from outside.</param>
    /// <returns>Null when it broke off, is too long or tells of an error in a stream.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage answer, ActiveRequest active)
    {
        using var whole = new MemoryStream();
        try
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync(active.Ending);
            var buffer = new byte[ReadBytes];
            while (await stream.ReadAsync(buffer, active.Ending) is > 0 and int read)
            {
                active.Touch();
                if (whole.Length + read > MaxBytes)
                {
                    return null;
                }

                whole.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }

        byte[] bytes = whole.ToArray();
        return answer.Content.Headers.ContentType?.MediaType == "text/event-stream" && HasError(bytes) ? null : bytes;
    }

    private static bool HasError(byte[] stream)
    {
        var scanner = new EventScanner(cutsUsage: false);
        // A copy, since the scanner works in place.
        scanner.Scan([.. stream], 0, out _);
        return scanner.HasError;
    }
}
