using Microsoft.AspNetCore.Http;

namespace Llumnix.Yarp;

/// <summary>Lengths of prompts that are not read.</summary>
internal static class PromptLength
{
    private const int BytesPerToken = 4;

    /// <summary>The tokens of a request's body, by its declared length; 0 where it declares none.</summary>
    internal static int Estimate(HttpContext context) =>
        (int)Math.Min((context.Request.ContentLength ?? 0) / BytesPerToken, int.MaxValue);
}
