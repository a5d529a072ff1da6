import CLinux
import SystemPackage
