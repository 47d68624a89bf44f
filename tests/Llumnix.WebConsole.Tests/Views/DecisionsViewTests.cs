using Llumnix.Server.AdminApi;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>The decisions: live, paused, searched for and explained.</summary>
public sealed class DecisionsViewTests(Chromium chromium)
{
    [Fact]
    public async Task Decisions_Arrive_NewestFirst_AndNotWhilePaused()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        admin.Send("decisions", Samples.Decisions(Samples.Decision(2, "second"), Samples.Decision(1, "first")), AdminJsonContext.Default.DecisionsEvent);
        await Expect(console.Rows).ToHaveCountAsync(2);
        await Expect(console.Rows.Filter(new() { HasText = "second" })).ToHaveAttributeAsync("aria-rowindex", "2");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        admin.Send("decisions", Samples.Decisions(Samples.Decision(3, "third")), AdminJsonContext.Default.DecisionsEvent);
        // The next event on the same stream is there: so is the one before it.
        admin.Send("status", new(true, "", "seen", null, null, []), AdminJsonContext.Default.StatusEvent);
        await Expect(console.Page.Locator("#readiness")).ToHaveTextAsync("seen");
        await Expect(console.Rows).ToHaveCountAsync(2);
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(console.Rows).ToHaveCountAsync(3);
        await Expect(console.Rows.Filter(new() { HasText = "third" })).ToHaveAttributeAsync("aria-rowindex", "2");
        console.ExpectNoProblems();
    }

    /// <summary>Why a decision was made is what one looks for here: it is read whole without scrolling sideways.</summary>
    [Fact]
    public async Task Why_IsInSightOnASmallScreen()
    {
        const string Why = "no instance meets the target; the lowest all_prefills_tokens_num of 16 candidates: 1250, runner-up neutral-10.0.0.12:8000 3190";
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(2),
            more: ScriptedAdmin.Event(
                "decisions",
                Samples.Decisions(Samples.Decision(1, "chatcmpl-0a1b2c3d4e5f60718293a4b5c6d7e8f9") with { Why = Why, RunnerUpId = "neutral-10.0.0.12:8000", InstanceId = "neutral-10.0.0.11:8000" }),
                AdminJsonContext.Default.DecisionsEvent));
        await using ConsolePage console = await chromium.OpenAsync(size: new ViewportSize { Width = 1280, Height = 800 });
        await console.GoAsync(admin.Address, "decisions");
        ILocator why = console.Rows.Locator(".cell").Last;
        await Expect(why).ToHaveTextAsync(Why.Replace(" neutral-10.0.0.12:8000", "", StringComparison.Ordinal));
        await console.ExpectNothingBesideAsync("Decisions");
        Assert.Empty(await console.Rows.Locator(".cell").EvaluateAllAsync<string[]>(
            "cells => cells.filter((cell) => cell.scrollHeight > cell.clientHeight || cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"));
        await console.ScreenshotAsync("decisions-1280");
        await console.ExpectAccessibleAsync();
    }

    /// <summary>The first token comes after the decision has been told.</summary>
    [Fact]
    public async Task Decision_ObservedLater_TheObservationIsShown()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(2), more: ScriptedAdmin.Event("decisions", Samples.Decisions(Samples.Decision(1, "r")), AdminJsonContext.Default.DecisionsEvent));
        admin.Answer("decisions", new(10, 1, [Samples.Decision(1, "r") with { ObservedTtftMs = 83 }], null), AdminJsonContext.Default.DecisionsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        await Expect(console.Rows).ToContainTextAsync("83 ms", new() { Timeout = 30_000 });
        Assert.Equal(["120 ms", "83 ms"], (await ConsolePage.CellsAsync(console.Rows)).Skip(7).Take(2));
    }

    [Fact]
    public async Task Decisions_TooManyForTheStream_ThePageSaysSo()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        admin.Send("decisions", new(100, 80, [Samples.Decision(99, "r")]), AdminJsonContext.Default.DecisionsEvent);
        await Expect(console.Page.Locator("#decisions-summary")).ToContainTextAsync("too many to list all");
    }

    [Fact]
    public async Task Search_ByRequest_AsksTheApiAndShowsItsAnswer()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("decisions", new(10_000, 500, [Samples.Decision(17, "a&b=c")], null), AdminJsonContext.Default.DecisionsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        await console.Page.GetByLabel("Request").FillAsync("a&b=c");
        IRequest request = await console.Page.RunAndWaitForRequestAsync(
            () => console.Page.Keyboard.PressAsync("Enter"), static request => request.Url.Contains("/admin/decisions?", StringComparison.Ordinal));
        Assert.Contains("request_id=a%26b%3Dc", request.Url, StringComparison.Ordinal);
        await Expect(console.Rows).ToHaveCountAsync(1);
        await Expect(console.Rows).ToContainTextAsync("a&b=c");
        await Expect(console.Page.Locator("#decisions-summary")).ToHaveTextAsync("1 found among the 500 kept decisions");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Decision_Clicked_TellsWhatWasDecidedAndWhyNotAnother()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(2), more: ScriptedAdmin.Event("decisions", Samples.Decisions(Samples.Decision(1, "r")), AdminJsonContext.Default.DecisionsEvent));
        admin.Answer("decisions/1", new(Samples.Decision(1, "r"), [Samples.Explained()]), AdminJsonContext.Default.DecisionAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        await console.Rows.ClickAsync();
        await Expect(console.Dialog.Locator("#decision-why")).ToHaveTextAsync("the lowest all_prefills_tokens_num: 10, runner-up 400");
        await Expect(console.Dialog.Locator(".funnel li")).ToHaveTextAsync(["4 healthy", "4 serve the model and have room", "4 not excluded by the request", "3 pass the required filters", "3 seen by the selector"]);
        await Expect(console.Dialog.GetByRole(AriaRole.Row, new() { Name = "all_prefills_tokens_num 10 400 lower" })).ToBeVisibleAsync();
        await Expect(console.Dialog.GetByText("Would go to engine-0, as it did.")).ToBeVisibleAsync();
        await Expect(console.Dialog.Locator(".virtual-body [role=row]:visible")).ToHaveCountAsync(6);
        await console.ScreenshotAsync("decision");
        await console.ExpectAccessibleAsync();

        foreach ((string id, string reason) in new[]
        {
            ("engine-0", "engine-0 is the pick."),
            ("engine-2", "engine-2 reached the selector, which preferred engine-0: all_prefills_tokens_num is 400 against 10."),
            ("engine-4", "engine-4 was dropped by kv cache limit."),
            ("engine-6", "engine-6 was left aside by the preferred filter same unit, since other candidates pass it."),
            ("engine-8", "engine-8 reached the selector and is equal to the pick engine-0 in every metric; ties are broken at random."),
            ("engine-10", "engine-10 was dropped by stale."),
        })
        {
            await console.Dialog.GetByLabel("Why not").SelectOptionAsync(id);
            await Expect(console.Dialog.Locator(".why-not")).ToHaveTextAsync(reason);
        }

        await console.Dialog.Locator(".virtual-body [role=row]:visible").Filter(new() { HasText = "engine-4" }).ClickAsync();
        await Expect(console.Dialog.Locator(".why-not")).ToHaveTextAsync("engine-4 was dropped by kv cache limit.");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Decision_NoLongerKept_SaysSo()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(2), more: ScriptedAdmin.Event("decisions", Samples.Decisions(Samples.Decision(1, "r")), AdminJsonContext.Default.DecisionsEvent));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        await console.Rows.ClickAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("not found");
    }
}
