using Llumnix.Server.AdminApi;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>What if: the form, how far it is, and the comparison.</summary>
public sealed class WhatIfViewTests(Chromium chromium)
{
    [Fact]
    public async Task Changed_IsAsked_AndTheComparisonComesOnceItIsDone()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("what-if", Samples.WhatIf(), AdminJsonContext.Default.WhatIfAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "what-if");
        IPage page = console.Page;
        await Expect(page.GetByLabel("--scheduling-policy")).ToHaveValueAsync("load-balance");
        await Expect(page.Locator("#names-of-scheduling-policy option")).ToHaveCountAsync(3);
        await Expect(page.GetByLabel("--slo-hold-ms")).ToHaveCountAsync(0);
        await page.GetByLabel("all 4 options").CheckAsync();
        await Expect(page.GetByLabel("--slo-hold-ms")).ToBeVisibleAsync();
        await page.GetByLabel("--scheduling-policy").FillAsync("round-robin");
        await page.GetByLabel("--slo-overload").SelectOptionAsync("hold");
        await page.GetByLabel("--slo-overload").SelectOptionAsync("reject");
        await page.GetByLabel("Minutes").FillAsync("2.5");
        admin.Answer("what-if", Samples.WhatIf(Samples.WhatIfRun("running", 0.25)), AdminJsonContext.Default.WhatIfAnswer);
        await page.GetByLabel("--scheduling-policy").PressAsync("Enter");

        await Expect(page.GetByText("playing --scheduling-policy=round-robin: 25 %")).ToBeVisibleAsync();
        Assert.Equal(
            ("POST", "/admin/what-if", """{"overrides":{"scheduling-policy":"round-robin"},"minutes":2.5,"seeds":3}"""), Assert.Single(admin.Changes));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Run" })).ToBeDisabledAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveJSPropertyAsync("value", 0.25);
        await page.GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();
        await Expect(page.GetByText("playing")).ToBeVisibleAsync();
        Assert.Equal(("DELETE", "/admin/what-if", ""), admin.Changes.Last());

        admin.Answer("what-if", Samples.WhatIf(Samples.WhatIfRun("done", result: Samples.WhatIfResult())), AdminJsonContext.Default.WhatIfAnswer);
        await Expect(page.GetByText("At 4 req/s, over 3 seeds, now did best.")).ToBeVisibleAsync();
        ILocator rows = page.Locator("main tbody tr");
        await Expect(rows).ToHaveTextAsync(
        [
            "Requests within their targets98 % ± 1.0 %91 % ± 2.0 %-7 % ± 1.0 %, worse",
            "TTFT p99820 ms ± 12 ms2.5 s ± 90 ms+1.7 s ± 95 ms, worse",
            "TPOT p5021 ms ± 0.2 ms20 ms ± 0.3 ms-1 ms ± 1.5 ms, within the noise",
            "Refused000",
        ]);
        await Expect(page.GetByText("Observed TTFT of 1,150 of these requests: p50 90 ms")).ToBeVisibleAsync();
        await Expect(page.GetByText("The simulated fleet begins empty.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Run" })).ToBeEnabledAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo changes" }).ClickAsync();
        await Expect(page.GetByLabel("--scheduling-policy")).ToHaveValueAsync("load-balance");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task NothingChanged_IsNotAsked()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("what-if", Samples.WhatIf(), AdminJsonContext.Default.WhatIfAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "what-if");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Change an option first: with none changed there is nothing to compare.");
        Assert.Empty(admin.Changes);
        await console.Page.GetByLabel("Seeds (repetitions)").FillAsync("2");
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task NotForThisCaller_SaysWhatItNeeds()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("what-if", Samples.WhatIf(mayRun: false), AdminJsonContext.Default.WhatIfAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "what-if");
        await Expect(console.Page.GetByText("Running one needs the operator token")).ToBeVisibleAsync();
        await Expect(console.Page.GetByRole(AriaRole.Button, new() { Name = "Run" })).ToBeDisabledAsync();

        admin.Answer("what-if", Samples.WhatIf(), AdminJsonContext.Default.WhatIfAnswer);
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Use the operator token" }).ClickAsync();
        await console.Dialog.GetByLabel("Token").FillAsync("operator");
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Use" }).ClickAsync();
        await Expect(console.Page.GetByRole(AriaRole.Button, new() { Name = "Run" })).ToBeEnabledAsync();
        console.ExpectNoProblems();
    }
}
