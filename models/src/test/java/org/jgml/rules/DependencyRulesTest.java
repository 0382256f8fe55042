package org.jgml.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may know whom: `core ← cpu | opencl | cuda`, `core ← kvcache ← models`.
final class DependencyRulesTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("org.jgml");

  @Test
  void theCoreKnowsNobody() {
    classes()
        .that()
        .resideInAPackage("org.jgml.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.jgml.core..", "java..", "jdk.jfr..")
        .check(MAIN);
  }

  @Test
  void insideTheCoreLeftNeverImportsRight() {
    String[] order = {
      "tensor",
      "format",
      "op",
      "graph",
      "backend",
      "foreign",
      "reference",
      "schedule",
      "runtime",
      "conformance",
      "inspect"
    };
    for (int left = 0; left < order.length; left++) {
      for (int right = left + 1; right < order.length; right++) {
        noClasses()
            .that()
            .resideInAPackage("org.jgml.core." + order[left])
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jgml.core." + order[right])
            .check(MAIN);
      }
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.jgml.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void cachesKnowOnlyTheCore() {
    classes()
        .that()
        .resideInAPackage("org.jgml.kvcache..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.jgml.kvcache..", "org.jgml.core..", "java..")
        .check(MAIN);
  }

  @Test
  void modelsFindBackendsAsServices() {
    noClasses()
        .that()
        .resideInAPackage("org.jgml.models..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jgml.cpu..", "org.jgml.cuda..", "org.jgml.opencl..")
        .check(MAIN);
  }

  @Test
  void onlyTheCpuBackendUsesTheVectorApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.jgml.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(MAIN);
  }

  @Test
  void backendsDoNotKnowEachOther() {
    slices().matching("org.jgml.(cpu|opencl|cuda)..").should().notDependOnEachOther().check(MAIN);
  }

  @Test
  void onlyTheOpenClBackendKnowsOpenCl() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.jgml.opencl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jocl..")
        .check(MAIN);
  }

  @Test
  void onlyTheCudaBackendKnowsCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.jgml.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(MAIN);
  }

  @Test
  void onlyTheCommandLineKnowsItsLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.jgml.models.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(MAIN);
  }

  @Test
  void backendsExportNothingButTheirService() {
    classes()
        .that()
        .resideInAnyPackage("org.jgml.cpu..", "org.jgml.opencl..", "org.jgml.cuda..")
        .and()
        .areTopLevelClasses()
        .and()
        .arePublic()
        .should()
        .haveSimpleNameEndingWith("Provider")
        .orShould()
        .resideInAPackage("org.jgml.cpu.matmul..")
        .check(MAIN);
  }
}
