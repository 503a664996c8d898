using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods;

/// <summary>Creates a method. A method is found by its <see cref="MethodDescriptor"/>, which implements this interface.</summary>
public interface IMethodFactory
{
    /// <summary>Creates the method in its initial state; a method that trains is an <see cref="ITrainableMethod"/>.</summary>
    /// <param name="inputs">The job and everything it comes with.</param>
    /// <exception cref="Contracts.InvalidInputException">A setting is out of range, or the job does not fit the backbone.</exception>
    IMethod Create(MethodInputs inputs);
}
