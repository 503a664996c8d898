using AdaptCluster.Contracts;
using AdaptCluster.Training.Libtorch;

namespace AdaptCluster.Training.Tests.Libtorch;

/// <summary>Which libtorch is used, and what is said of one that cannot be.</summary>
public sealed class LibtorchChoiceTests : IDisposable
{
    private readonly FakeTorch _fake = new();

    [Fact]
    public void A_PyTorch_with_CUDA_is_taken_where_the_program_has_no_CUDA_and_the_machine_has_a_GPU()
    {
        var package = _fake.Package("2.11.0+cu130", cuda: true);
        var (taken, note) = Choose(BundledLibtorch.Cpu, hasGpu: true, package);
        Assert.Equal((Path.Combine(package, "lib"), null), (taken?.Path, note));
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Nobody_is_asked_on_a_CPU_and_where_it_is_switched_off(bool pyTorch, bool wantsGpu, bool hasGpu) => Assert.Equal(
        (null, null), new LibtorchChoice(null, pyTorch, wantsGpu).Choose(BundledLibtorch.Cpu, () => hasGpu, NobodyIsAsked));

    [Fact]
    public void The_programs_own_CUDA_libtorch_goes_before_PyTorchs() => Assert.Equal(
        (null, null), new LibtorchChoice(null, PyTorch: true, Gpu: true).Choose(BundledLibtorch.Cuda, () => true, NobodyIsAsked));

    [Fact]
    public void A_program_without_libtorch_takes_PyTorchs_on_a_CPU_too() =>
        Assert.NotNull(Choose(BundledLibtorch.None, hasGpu: false, _fake.Package("2.10.0+cpu", cuda: false)).Taken);

    [Theory]
    [InlineData("2.6.0+cu124", true, "libtorch 2.6.0.cu124 in .*/torch/lib is not compatible with .*, which require PyTorch 2.10 or 2.11")]
    [InlineData("2.1.1", true, "libtorch 2.1.1 in")]
    [InlineData("2.12.0", true, "libtorch 2.12.0 in")]
    [InlineData("2.11.0+cpu", false, "PyTorch 2.11.0.cpu in .*/torch/lib was built without CUDA")]
    public void A_PyTorch_that_cannot_serve_leaves_the_programs_own_and_the_doctor_says_why(string version, bool cuda, string expected)
    {
        var (taken, note) = Choose(BundledLibtorch.Cpu, hasGpu: true, _fake.Package(version, cuda));
        Assert.Null(taken);
        Assert.Matches(expected, note);
    }

    [Fact]
    public void The_only_libtorch_is_refused_by_name_when_it_cannot_work()
    {
        var package = _fake.Package("1.13.1", cuda: true);
        var error = Assert.Throws<InvalidInputException>(() => Choose(BundledLibtorch.None, hasGpu: true, package));
        Assert.StartsWith("PyTorch: libtorch 1.13.1 in ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("which require PyTorch 2.10 or 2.11.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch")]
    [InlineData("torch/lib")]
    public void A_named_folder_may_be_the_package_or_its_libraries(string folder)
    {
        var package = _fake.Package("2.10.0", cuda: false);
        var (taken, _) = new LibtorchChoice(_fake.At("site-packages", folder), PyTorch: true, Gpu: true)
            .Choose(BundledLibtorch.Cpu, () => true, NobodyIsAsked);
        Assert.Equal((Path.Combine(package, "lib"), "2.10.0"), (taken?.Path, taken?.Version));
    }

    [Fact]
    public void A_named_folder_that_cannot_work_is_refused_by_name()
    {
        string Message(string folder) => Assert.Throws<InvalidInputException>(() =>
            new LibtorchChoice(folder, PyTorch: true, Gpu: true).Choose(BundledLibtorch.Cpu, () => true, NobodyIsAsked)).Message;
        Assert.StartsWith(
            "ADAPTCLUSTER_LIBTORCH: libtorch 2.9.1 in ", Message(_fake.Package("2.9.1", cuda: true)), StringComparison.Ordinal);
        Assert.StartsWith("ADAPTCLUSTER_LIBTORCH: no libtorch_cpu.so in ", Message(_fake.At()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_with_CUDA_of_its_own_takes_no_other() => Assert.StartsWith("ADAPTCLUSTER_LIBTORCH: this program was built",
        Assert.Throws<InvalidInputException>(() => new LibtorchChoice(_fake.Package("2.10.0", cuda: true), PyTorch: true, Gpu: true)
            .Choose(BundledLibtorch.Cuda, () => true, NobodyIsAsked)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unpacked_archive_has_its_version_in_a_file_of_its_own()
    {
        Directory.CreateDirectory(_fake.At("libtorch", "lib"));
        File.WriteAllText(_fake.At("libtorch", "lib", "libtorch_cpu.so"), "");
        File.WriteAllText(_fake.At("libtorch", "build-version"), "2.10.0+cu128\n");
        Assert.Equal("2.10.0+cu128", LibtorchFolder.Of(_fake.At("libtorch")).Version);
    }

    public void Dispose() => _fake.Dispose();

    private static (LibtorchFolder? Taken, string? Note) Choose(BundledLibtorch beside, bool hasGpu, string package) =>
        new LibtorchChoice(null, PyTorch: true, Gpu: true).Choose(beside, () => hasGpu, () => LibtorchFolder.OfPyTorch(package));

    private static LibtorchFolder? NobodyIsAsked() => throw new InvalidOperationException("python3 was asked.");
}
