using System.Net;
using System.Net.Http.Json;
using System.Text;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.WhatIf;

/// <summary>Asks a console what would be if, and waits for the answer.</summary>
internal static class PlayedWhatIf
{
    internal static async Task<WhatIfResult> AskAsync(Uri console, string body)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var admin = new HttpClient { BaseAddress = console };
        using HttpResponseMessage answer = await admin.PostAsync("/admin/what-if", new StringContent(body, Encoding.UTF8, "application/json"), cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(cancellation));
        WhatIfRun? run = null;
        await Eventually.TrueAsync(async () =>
            (run = (await admin.GetFromJsonAsync("/admin/what-if", AdminJsonContext.Default.WhatIfAnswer, cancellation))!.Run) is { State: not "running" });
        Assert.Equal(("done", ""), (run!.State, run.Error));
        return run.Result!;
    }
}
