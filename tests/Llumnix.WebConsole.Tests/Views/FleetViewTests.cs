using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>The fleet: what the table and the map show, in which order, and what opens an instance.</summary>
public sealed class FleetViewTests(Chromium chromium)
{
    [Fact]
    public async Task Deltas_JoinedLeftAndChanged_AreShown()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(3));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await Expect(console.Rows).ToHaveCountAsync(3);

        admin.Send(
            "fleet_delta",
            new FleetDelta(Samples.NowMs, 9, [Samples.Instance(7)], [0], [[1, 5, 41, 3, 25_000, 6]]),
            AdminJsonContext.Default.FleetDelta);
        ILocator changed = console.Rows.Filter(new() { HasText = "engine-1" });
        await Expect(changed).ToContainTextAsync("unreachable");
        IReadOnlyList<string> cells = await ConsolePage.CellsAsync(changed);
        Assert.Equal("nothing answers at its address", cells[^1]);
        Assert.Equal(["41", "3", "25 %", "6"], cells.Skip(6).Take(4));
        await Expect(console.Rows.Filter(new() { HasText = "engine-7" })).ToHaveCountAsync(1);
        await Expect(console.Rows.Filter(new() { HasText = "engine-0" })).ToHaveCountAsync(0);
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("3 instances, 2 ok, 1 unreachable; 9 in flight");
        Assert.Equal("rgb(214, 64, 59)", await changed.Locator(".swatch").EvaluateAsync<string>("swatch => getComputedStyle(swatch).backgroundColor"));
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task ThousandInstances_OnlyVisibleRowsAreElements_AndTheLastIsReached()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(1_000));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("1,000 instances");
        ILocator grid = console.Page.GetByRole(AriaRole.Grid, new() { Name = "Instances" });
        await Expect(grid).ToHaveAttributeAsync("aria-rowcount", "1001");
        Assert.InRange(await console.Page.Locator(".virtual-body [role=row]").CountAsync(), 5, 80);

        await grid.FocusAsync();
        await console.Page.Keyboard.PressAsync("End");
        await Expect(console.Rows.Filter(new() { HasText = "engine-999" })).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(console.Page.Locator("canvas[role=img]")).ToHaveAttributeAsync("aria-label", "Map of 1,000 instances, coloured by health; 1,000 ok.");
        await console.ScreenshotAsync("fleet-1000");
        console.ExpectNoProblems();
    }

    /// <summary>Columns in which nothing is would push the others out of sight.</summary>
    [Fact]
    public async Task Columns_WithoutContent_AreHidden_UntilThereIsSome()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet([.. Enumerable.Range(0, 4).Select(static i => Samples.Instance(i) with { Unit = "", Node = "", Models = [] })]));
        await using ConsolePage console = await chromium.OpenAsync(size: new ViewportSize { Width = 1280, Height = 800 });
        await console.GoAsync(admin.Address, "fleet");
        ILocator titles = console.Page.GetByRole(AriaRole.Columnheader);
        string[] always = ["Instance", "Health", "Role", "Running", "Waiting", "KV used", "In flight", "Signal age", "KV, 90 s", "Running, 90 s"];
        await Expect(titles).ToHaveTextAsync(always);
        await console.ExpectNothingBesideAsync("Instances");
        admin.Send(
            "fleet_delta",
            new FleetDelta(Samples.NowMs, 9, [Samples.Instance(2) with { Unit = "", Models = [] }], [], [[1, 5, 41, 3, 25_000, 6]]),
            AdminJsonContext.Default.FleetDelta);
        await Expect(titles).ToHaveTextAsync([.. always[..3], "Node", .. always[3..], "Why"]);
        await console.ExpectNothingBesideAsync("Instances");
    }

    /// <summary>All columns with what is widest in them: nothing is cut off but reasons.</summary>
    [Fact]
    public async Task AllColumns_FitIntoASmallScreen()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet([.. Enumerable.Range(0, 4).Select(static i => Samples.Instance(i) with
            {
                Health = "unschedulable", HealthReason = "its status has not changed for 1,200 ms", Running = 12_345, Waiting = 12_345, InFlight = 12_345,
            })]));
        await using ConsolePage console = await chromium.OpenAsync(size: new ViewportSize { Width = 1280, Height = 800 });
        await console.GoAsync(admin.Address, "fleet");
        ILocator titles = console.Page.GetByRole(AriaRole.Columnheader);
        await Expect(titles).ToHaveCountAsync(14);
        await console.ExpectNothingBesideAsync("Instances");
        await console.ScreenshotAsync("fleet-1280");
        foreach (string title in new[] { "Running", "Waiting", "KV used", "In flight", "Signal age", "Health" })
        {
            await console.Page.GetByRole(AriaRole.Button, new() { Name = title, Exact = true }).ClickAsync();
            Assert.Empty(await CutOffAsync(titles));
        }

        // Reasons and names of models may be longer than their cells, which show all of them as tooltips.
        ILocator cells = console.Rows.First.Locator(".cell");
        string[] cut = await CutOffAsync(cells);
        Assert.Contains("its status has not changed for 1,200 ms", cut);
        Assert.Empty(cut.Except(["its status has not changed for 1,200 ms", "llama-3.1-8b", "qwen2.5-7b"]));
        await Expect(cells.Last).ToHaveAttributeAsync("title", "its status has not changed for 1,200 ms");
    }

    [Theory]
    [InlineData("Running", new[] { "engine-3", "engine-2", "engine-1", "engine-0" })]
    [InlineData("Waiting", new[] { "engine-3", "engine-2", "engine-1", "engine-0" })]
    [InlineData("Node", new[] { "engine-0", "engine-1", "engine-2", "engine-3" })]
    public async Task Title_Clicked_SortsAndClickedAgainTurnsTheOrder(string title, string[] expected)
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(4));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        ILocator header = console.Page.GetByRole(AriaRole.Columnheader, new() { Name = title, Exact = true });
        await header.GetByRole(AriaRole.Button).ClickAsync();
        bool isDescending = title != "Node";
        await Expect(header).ToHaveAttributeAsync("aria-sort", isDescending ? "descending" : "ascending");
        await ExpectOrderAsync(console, expected);
        await header.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(header).ToHaveAttributeAsync("aria-sort", isDescending ? "ascending" : "descending");
        // Equal ones stay in the order of their ids.
        await ExpectOrderAsync(console, isDescending ? [.. expected.Reverse()] : expected);
    }

    [Fact]
    public async Task Titles_ArrowKeys_MoveAmongThemAndEnterSorts()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(4));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Instance", Exact = true }).FocusAsync();
        await console.Page.Keyboard.PressAsync("ArrowRight");
        await console.Page.Keyboard.PressAsync("ArrowRight");
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Role" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(console.Page.GetByRole(AriaRole.Button, new() { Name = "Role" })).ToBeFocusedAsync();
        await Expect(console.Dialog).ToHaveCountAsync(0);
    }

    /// <summary>Another view, as by the browser's way back, leaves no dialog of the view before.</summary>
    [Fact]
    public async Task OtherView_WhileADialogIsOpen_ClosesIt()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(1));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "decisions");
        await console.GoAsync(admin.Address, "fleet/engine-0");
        await Expect(console.Dialog).ToBeVisibleAsync();
        await console.Page.GoBackAsync();
        await Expect(console.Page.GetByRole(AriaRole.Heading, new() { Name = "Decisions" })).ToBeVisibleAsync();
        await Expect(console.Dialog).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("role", new[] { "decode: 2 instances, 4 running, 4 waiting, 4 in flight", "prefill: 2 instances, 2 running, 2 waiting, 4 in flight" })]
    [InlineData("unit", new[] { "unit-0: 2 instances, 3 running, 3 waiting, 4 in flight", "unit-1: 1 instance, 1 running, 1 waiting, 2 in flight", "unit-2: 1 instance, 2 running, 2 waiting, 2 in flight" })]
    [InlineData("model", new[] { "llama-3.1-8b: 1 instance, 0 running, 0 waiting, 2 in flight", "qwen2.5-7b: 3 instances, 6 running, 6 waiting, 6 in flight" })]
    public async Task GroupBy_HeadingsWithTheSums(string group, string[] expected)
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(4));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync(group);
        await Expect(console.Page.Locator(".is-heading .group-heading:visible")).ToHaveTextAsync(expected);
    }

    [Fact]
    public async Task Find_PartOfANodeOrModel_OnlyTheseInstances()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(16));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Find").FillAsync("Llama");
        await Expect(console.Rows).ToHaveCountAsync(4);
        await console.Page.GetByLabel("Find").FillAsync("node-1");
        await Expect(console.Rows).ToHaveCountAsync(8);
    }

    [Fact]
    public async Task ColourBy_AMetric_TheMapShowsLittleAndMuch()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await console.Page.GetByLabel("Colour by").SelectOptionAsync("running");
        await Expect(console.Page.Locator("canvas[role=img]")).ToHaveAttributeAsync("aria-label", "Map of 2 instances, coloured by Running; 2 ok.");
        await Expect(console.Page.Locator(".legend")).ToHaveTextAsync("01");
        await ExpectPixelAsync(console, 5, [37, 52, 110]);
        await ExpectPixelAsync(console, 45, [250, 220, 60]);
    }

    /// <summary>The lines begin with what the server has seen before the page, at the places of those times.</summary>
    [Fact]
    public async Task Lines_BeginWithTheServersSamples()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer(
            "fleet/recent",
            new(2_000, ["running", "kv_used_tokens"], [Samples.NowMs - 40_000, Samples.NowMs], [new("engine-0", [[30, 0], [50_000, null]]), new("gone", [[1, 1], [1, 1]])]),
            AdminJsonContext.Default.FleetRecentAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        ILocator lines = console.Page.Locator(".virtual-body [role=row]:visible").First.Locator("canvas.sparkline");
        // The sample of 40 s ago is drawn in the middle, however the page's own samples move it on by a place each second.
        await Expect(lines.First).ToBeVisibleAsync();
        await console.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.virtual-body [role=row]')[0].querySelectorAll('canvas.sparkline')].every((line) => "
            + "line.getContext('2d').getImageData(0, 0, line.width * 0.6, line.height).data.some((value) => value > 0))");
        console.ExpectNoProblems();
    }

    /// <summary>The server's samples are taken at looks, so that some are a look late: that must not make dashes of a line.</summary>
    [Fact]
    public async Task Lines_SamplesThatComeLate_HaveNoGaps_ButMissingOnesDo()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(1));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        string gaps = await console.Page.EvaluateAsync<string>(
            """
            async () => {
              const { Fleet } = await import('/console/data/fleet.js');
              const fleet = new Fleet();
              fleet.reset({ row_columns: [], health_names: [], health_reasons: [], mode: 'full', policy: '', in_flight: 0, instances: [{ index: 0, id: 'e', models: [] }] });
              const times = [0, 2000, 22000, 24500, 27000, 29500, 32000];
              fleet.backfill({ interval_ms: 2000, columns: ['running'], times_ms: times, instances: [{ id: 'e', values: [times.map(() => 7)] }] });
              return [...fleet.samplesOf(fleet.instances.get(0), 'running')].slice(-34).map((value) => (Number.isNaN(value) ? '.' : 'x')).join('');
            }
            """);
        Assert.Equal("xxxx..................xxxxxxxxxxxx", gaps);
    }

    [Fact]
    public async Task Instance_OpenedByTheKeyboard_ShowsItsHistoryAndRequestsAndGivesTheFocusBack()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(4));
        admin.Answer(
            "fleet/history",
            new("engine-0", 1_000, ["time_ms", "running", "waiting", "kv_used_tokens", "in_flight"],
                [[Samples.NowMs, 1, 0, 10_000, 0], [Samples.NowMs + 1_000, 7, 2, 50_000, 1]]),
            AdminJsonContext.Default.FleetHistoryAnswer);
        admin.Answer("decisions/1", new(Samples.Decision(1, "request-1"), []), AdminJsonContext.Default.DecisionAnswer);
        admin.Answer("decisions", new(10, 1, [Samples.Decision(1, "request-1")], null), AdminJsonContext.Default.DecisionsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Rows).ToHaveCountAsync(4);
        ILocator grid = console.Page.GetByRole(AriaRole.Grid, new() { Name = "Instances" });
        await grid.FocusAsync();
        await console.Page.Keyboard.PressAsync("ArrowDown");
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Dialog.GetByRole(AriaRole.Heading, new() { Name = "Instance engine-0" })).ToBeVisibleAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Img, new() { Name = "Requests. Newest values: Running 7, Waiting 2, In flight 1." })).ToBeVisibleAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Img, new() { Name = "KV cache in use. Newest values: KV used 50 %." })).ToBeVisibleAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Button, new() { Name = "request-1" })).ToBeVisibleAsync();
        await console.ScreenshotAsync("instance");
        await console.ExpectAccessibleAsync();

        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "request-1" }).ClickAsync();
        await Expect(console.Page.GetByRole(AriaRole.Dialog, new() { Name = "Decision 1" })).ToBeVisibleAsync();
        await console.Page.Keyboard.PressAsync("Escape");
        await Expect(console.Page.GetByRole(AriaRole.Dialog, new() { Name = "Instance engine-0" })).ToBeVisibleAsync();
        await console.Page.Keyboard.PressAsync("Escape");
        await Expect(console.Dialog).ToHaveCountAsync(0);
        await Expect(grid).ToBeFocusedAsync();
        console.ExpectNoProblems();
    }

    /// <summary>Texts that come from instances and clients stay texts.</summary>
    [Fact]
    public async Task Texts_ThatLookLikeMarkup_AreShownAsTheyAre()
    {
        const string Hostile = "<img src=x onerror=alert(1)>";
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(Samples.Instance(0) with { Id = Hostile, Node = Hostile, Unit = "constructor", Models = [Hostile] }));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("node");
        await Expect(console.Rows).ToContainTextAsync(Hostile);
        await Expect(console.Page.Locator(".group-heading:visible")).ToContainTextAsync(Hostile);
        await Expect(console.Page.Locator("img")).ToHaveCountAsync(0);
        console.ExpectNoProblems();
    }

    /// <summary>Texts of the cells that are not shown whole.</summary>
    private static Task<string[]> CutOffAsync(ILocator cells) => cells.EvaluateAllAsync<string[]>(
        "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight).map((cell) => cell.textContent)");

    private static async Task ExpectOrderAsync(ConsolePage console, string[] ids)
    {
        foreach (string id in ids)
        {
            await Expect(console.Rows.Filter(new() { HasText = id })).ToHaveAttributeAsync("aria-rowindex", $"{Array.IndexOf(ids, id) + 2}");
        }
    }

    /// <summary>Waits until a pixel of the map has a colour: a frame after the page is told, or some on a busy machine.</summary>
    private static async Task ExpectPixelAsync(ConsolePage console, int x, int[] colour) => await console.Page.WaitForFunctionAsync(
        "([x, colour]) => [...document.querySelector('canvas[role=img]').getContext('2d').getImageData(x, 5, 1, 1).data].slice(0, 3).join() === colour.join()",
        new object[] { x, colour });
}
