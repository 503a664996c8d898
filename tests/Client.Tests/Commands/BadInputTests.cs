namespace AdaptCluster.Client.Tests.Commands;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("""{"datasets": ["tiny-kinds"], "backbone": "tiny-clip", "armz": []}""",
        "sweep: bad.json: $: unknown key 'armz'; did you mean 'arms'?")]
    [InlineData("""{"datasets": ["zebra"], "backbone": "tiny-clip", "arms": [{"method": "zero-shot"}]}""",
        "sweep: bad.json: $.datasets[0]: data set 'zebra' is unknown; known: tiny-objects, ")]
    [InlineData("""{"datasets": ["tiny-kinds"], "backbone": "nothing", "arms": [{"method": "zero-shot"}]}""",
        "sweep: bad.json: $.backbone: backbone 'nothing': found no folder of that name with a config.json below ")]
    [InlineData("""{"datasets": ["tiny-kinds"], "backbone": "../models/tiny-clip", "arms": [{"method": "zero-shot"}]}""",
        "sweep: bad.json: $.backbone: backbone '../models/tiny-clip': write a folder relative to a model root")]
    [InlineData(
        """{"datasets": [{"name": "x", "format": "folder", "path": "../x"}], "backbone": "tiny-clip", "arms": [{"method": "zero-shot"}]}""",
        "sweep: bad.json: $.datasets[0]: Data set path '../x': ")]
    [InlineData("""{"datasets": ["tiny-kinds"], "backbone": "tiny-clip", "arms": [{"method": "adapt", "tTarget": 97}]}""",
        "sweep: bad.json: $.arms[0].tTarget: T_target 97 is above the 96 available context tokens")]
    [InlineData("""{"datasets": ["tiny-kinds"], "backbone": "tiny-clip", "arms": [{"method": "coop", "vpt": {"tokens": 4}}]}""",
        "sweep: bad.json: $.arms[0].vpt: method 'coop' has no vpt; remove it")]
    public async Task A_bad_spec_ends_with_code_2_one_line_and_no_sweep(string spec, string expected)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, "submit", home.Write("bad.json", spec));

        Assert.Equal(2, ended.Code);
        Assert.StartsWith(expected, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
        Assert.Empty(ended.Output);
        Assert.Equal("[]", (await SweepProcess.RunAsync(home, "list", "--json")).Output);
    }

    [Theory]
    [InlineData("sweep submit: ", "submit")]
    [InlineData("sweep: there are no sweeps yet: the home ", "status", "latest")]
    [InlineData("sweep: none.json: there is no such file; check the path.", "submit", "none.json")]
    [InlineData("sweep results: --format: found 'marckdown'; write text, md, csv, latex or json; see 'sweep results --help'", "results",
        "latest", "--format", "marckdown")]
    [InlineData("sweep plot: --kind: found 'tabel' (did you mean 'table'?); "
        + "write table, average, t-target, axis, curves, confusion, base-new, context-length or masks;",
        "plot", "latest", "--kind", "tabel", "--out", "x.png")]
    [InlineData("sweep plot: --step: found '-1'; write a whole number of at least 0;", "plot", "latest", "--kind", "masks",
        "--step", "-1", "--out", "x.png")]
    [InlineData("sweep pretrain: --learning-rate: found 'abc'; write a number above 0;", "pretrain", "--learning-rate", "abc")]
    [InlineData("sweep pretrain: --steps: found '1.5'; write a whole number of at least 1;", "pretrain", "--steps", "1.5")]
    [InlineData("sweep serve: --gateway-port: found '0'; write a whole number from 1 to 65535;", "serve", "--gateway-port", "0")]
    [InlineData("sweep submit: --verify-cache: found 'all'; write a share from 0 to 1;", "submit", "x.json", "--verify-cache", "all")]
    [InlineData("sweep set: --parallel: found '-2'; write a whole number of at least 0;", "set", "latest", "--parallel", "-2")]
    [InlineData("sweep completion: SHELL: found 'bsh' (did you mean 'bash'?); write bash, zsh or fish;", "completion", "bsh")]
    [InlineData("sweep: --cluster: found 'nowhere'; write host:port", "list", "--cluster", "nowhere")]
    [InlineData("sweep: FILE: found an empty value; write the path of a spec.", "plan", "")]
    [InlineData("sweep: .: is a folder; write the path of a spec file (JSON or YAML).", "plan", ".")]
    [InlineData("sweep: --watch and --detach: use only one of them.", "submit", "x.json", "--watch", "--detach")]
    [InlineData("sweep: Store:ConnectionString (ADAPTCLUSTER_STORE__CONNECTIONSTRING): not set", "db", "migrate")]
    [InlineData("sweep: --cluster: Host is missing", "list", "--cluster", "Database=x;Password=secret")]
    [InlineData("sweep: ", "explode")]
    public async Task Bad_usage_ends_with_code_2_and_one_line(string expected, params string[] arguments)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, arguments);

        Assert.Equal(2, ended.Code);
        Assert.StartsWith(expected, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task A_truncated_model_is_refused_by_name()
    {
        using var home = new TemporaryHome();
        var model = Directory.CreateDirectory(Path.Combine(home.Folder, "models", "cut")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.At("models", "tiny-clip")))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        await using (var weights = new FileStream(Path.Combine(model, "model.safetensors"), FileMode.Open))
            weights.SetLength(weights.Length / 2);
        home.Environment["ADAPTCLUSTER_MODELS"] = Path.Combine(home.Folder, "models");

        var ended = await SweepProcess.RunAsync(home, "submit",
            home.Write("cut.json", TemporaryHome.SmallSpec.Replace("tiny-clip", "cut", StringComparison.Ordinal)));

        Assert.Equal(2, ended.Code);
        Assert.Contains(Path.Combine(model, "model.safetensors"), ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
    }

    [Fact]
    public async Task A_gateway_port_that_another_program_has_is_refused_by_name()
    {
        using var home = new TemporaryHome();
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;

        var ended = await SweepProcess.RunAsync(home, "serve", "--gateway-port", $"{port}");

        Assert.Equal(2, ended.Code);
        Assert.Contains($"sweep: --gateway-port: another program listens on port ", ended.Error, StringComparison.Ordinal);
        Assert.Contains($"{port}; set another port.", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_gateway_is_a_failure_and_says_so()
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, "list", "--cluster", "127.0.0.1:1");

        Assert.Equal(1, ended.Code);
        Assert.StartsWith("sweep: no silo answers at 127.0.0.1:1", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
    }
}
